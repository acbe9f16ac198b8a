"""`make bench`: what a request costs, measured beside a bare Flask application in the same run.

Read `run` first: it says what is measured in which order. `works` names the requests, `generator`
builds the forums that they ask for, `reference` holds the bare Flask pages, `figures` the
arithmetic, and `results` what is kept of a run and how it is shown.
"""
