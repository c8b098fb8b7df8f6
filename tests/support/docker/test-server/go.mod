module trading-platform/test-server

go 1.25
