package main

import (
	"fmt"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("valves", "1")
	for i := 0; i < 3; i++ {
		s.AddTool(mcp.NewTool(fmt.Sprintf("open_valve_%d", i), mcp.WithDescription("Opens a valve.")), open)
	}
	server.ServeStdio(s)
}
