"""Our FEEL beside `feelin`, the one in browsers: `python -m benchmarks.feel`."""
