package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("barn", "1")
rows:
	for _, part := range []string{"hay", "straw"} {
		for _, deed := range []string{"count_", "burn_"} {
			if part == "straw" && deed == "burn_" {
				continue rows
			}
			s.AddTool(mcp.NewTool(deed+part, mcp.WithDescription("Works in the barn.")), call)
		}
	}
	server.ServeStdio(s)
}
