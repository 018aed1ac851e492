"""Where a library is kept: the doors (base, journal), and the stores behind them."""
