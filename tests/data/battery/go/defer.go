package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func work(s *server.MCPServer) {
	defer s.AddTool(mcp.NewTool("drain_lock", mcp.WithDescription("Drains the lock.")), call)
	defer func() {
		s.AddTool(mcp.NewTool("open_gate", mcp.WithDescription("Opens the gate.")), call)
	}()
}

func main() {
	s := server.NewMCPServer("locks", "1")
	work(s)
	server.ServeStdio(s)
}
