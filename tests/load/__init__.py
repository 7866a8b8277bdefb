"""Large data sets, and long loads over them: what `make seed-large`, `make bench` and `make soak` are built on."""
