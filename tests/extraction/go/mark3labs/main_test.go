package main

import "github.com/mark3labs/mcp-go/mcp"

func init() {
	mcp.NewTool("test_tool")
}
