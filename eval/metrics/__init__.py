"""One function a metric, with its paper."""
