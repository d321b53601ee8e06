package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type dock struct{ name string }

func (d dock) addTools(s *server.MCPServer) {
	s.AddTool(mcp.NewTool("list_boats", mcp.WithDescription("Lists the boats of the dock.")), list)
	s.AddTool(mcp.NewTool("sink_boat", mcp.WithDescription("Sinks a boat.")), sink)
}

func main() {
	var d dock
	s := server.NewMCPServer("dock", "1")
	d.addTools(s)
	server.ServeStdio(s)
}
