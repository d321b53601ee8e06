package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func add(s *server.MCPServer, level int) {
	if level < 100 {
		add(s, level+1)
		return
	}
	s.AddTool(mcp.NewTool("raze_tower", mcp.WithDescription("Razes the tower.")), raze)
}

func main() {
	s := server.NewMCPServer("tower", "1")
	s.AddTool(mcp.NewTool("tower_height", mcp.WithDescription("Tells how high the tower is.")), height)
	add(s, 0)
	server.ServeStdio(s)
}
