"""`python -m forum.cli`: the `forum` command where its script is not at hand."""

from forum.cli import main

if __name__ == "__main__":
    main(prog_name="forum")
