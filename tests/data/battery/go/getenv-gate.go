package main

import (
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("wells", "1.0.0")
	s.AddTool(mcp.NewTool("well_depth", mcp.WithDescription("Tells how deep a well is.")), depth)
	if os.Getenv("WELLS_ALLOW_DRILL") == "true" {
		addDrilling(s)
	}
	server.ServeStdio(s)
}

func addDrilling(s *server.MCPServer) {
	s.AddTool(mcp.NewTool("drill_well", mcp.WithDescription("Drills a new well.")), drill)
}
