WORKS = ()
