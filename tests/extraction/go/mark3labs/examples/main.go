package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("example", "0")
	s.AddTool(mcp.NewTool("example_tool", mcp.WithDescription("Only an example")), nil)
}
