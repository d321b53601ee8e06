package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("quay", "1")
	add := s.AddTool
	add(mcp.NewTool("moor_boat", mcp.WithDescription("Moors a boat.")), call)
	for _, register := range []func(mcp.Tool, server.ToolHandlerFunc){s.AddTool} {
		register(mcp.NewTool("sink_boat", mcp.WithDescription("Sinks a boat.")), call)
	}
	server.ServeStdio(s)
}
