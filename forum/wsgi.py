"""The forum as the web server loads it: once, before it forks its workers."""

import gc

from flask import Flask

from forum import create_app


def application() -> Flask:
    """The application, in memory that the workers share for as long as nobody writes to it.

    The garbage collector would: it notes in every object whether it is still needed, and so copies
    all that was loaded into each worker, a third of what they use.
    """
    app = create_app()
    for template in app.jinja_env.list_templates():
        app.jinja_env.get_template(template)  # which no visitor then waits for
    gc.collect()
    gc.freeze()
    return app
