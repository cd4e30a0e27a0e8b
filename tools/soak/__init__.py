"""Long tests with real parts: brokers, processes, kills. Short forms of them run in `make test`."""
