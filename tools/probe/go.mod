module trading-platform/tools/probe

go 1.25.0
