package main

import (
	"os"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func pouring(s *server.MCPServer) bool {
	s.AddTool(mcp.NewTool("pour_milk", mcp.WithDescription("Works the dairy.")), act)
	return true
}

func main() {
	s := server.NewMCPServer("dairy", "1")
	s.AddTool(mcp.NewTool("weigh_milk", mcp.WithDescription("Works the dairy.")), act)
	_ = os.Getenv("DAIRY_POURING") == "1" && pouring(s)
	server.ServeStdio(s)
}
