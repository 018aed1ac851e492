"""Start the command line; it is loaded here, so that Ctrl-C ends it quietly from the beginning."""

import sys

EXIT_INTERRUPTED = 130


def main() -> None:
    """Load the commands and run them."""
    try:
        from inquote.app.cli.commands import main as run
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    run()
