"""`make bench`: what a request costs, measured beside a bare Flask application in the same run.

    make bench                                  # small, on SQLite: some ten minutes
    make bench DATABASE=postgresql              # the same on PostgreSQL
    make bench SIZE=medium                      # 20,000 theories, 2 million votes
    make bench SIZE=large                       # 1 million theories, on PostgreSQL
    make bench SOAK=10                          # and ten minutes of mixed load, for the memory

It shows how it goes, can be stopped at any time, and goes on from there: forums that are built and
works that are finished are kept in `.cache/`, works until the code changes or 12 hours are over.
The table is also written as JSON to `results/`, one file for each size.

Read `run` first: it says what is measured in which order. `works` names the requests with their
goals, `generator` builds the forums that they ask for, `reference` holds the bare Flask pages,
`replay` a bare vote, `figures` the arithmetic, and `results` what is kept. A machine's other work
slows everything alike, so no time is a figure by itself: processor time a request is, beside that
of reference b just before and just after. Where these two differ much (column ± b), measure again.

Works of the mode `works.COLD` run on a forum that keeps no pages (``page_cache_mb = 0``).
"""
