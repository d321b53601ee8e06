package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func produce(out chan<- mcp.Tool) {
	out <- mcp.NewTool("flood_cellar", mcp.WithDescription("Floods the cellar."))
	close(out)
}

func main() {
	s := server.NewMCPServer("cellar", "1")
	tools := make(chan mcp.Tool)
	go produce(tools)
	for tool := range tools {
		s.AddTool(tool, call)
	}
	server.ServeStdio(s)
}
