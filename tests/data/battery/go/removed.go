package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("gate", "1")
	s.AddTool(mcp.NewTool("gate_state", mcp.WithDescription("Tells whether the gate is open.")), state)
	s.AddTool(mcp.NewTool("gate_open", mcp.WithDescription("Opens the gate.")), open)
	s.DeleteTools(denied()...)
	server.ServeStdio(s)
}
