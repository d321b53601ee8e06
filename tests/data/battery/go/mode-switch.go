package main

import (
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("mill", "1")
	s.AddTool(mcp.NewTool("mill_speed", mcp.WithDescription("Tells how fast the mill turns.")), speed)
	switch os.Getenv("MILL_MODE") {
	case "full":
		s.AddTool(mcp.NewTool("mill_stop", mcp.WithDescription("Stops the mill.")), stop)
	case "test":
		s.AddTool(mcp.NewTool("mill_dry_run", mcp.WithDescription("Turns the mill without grain.")), dry)
	}
	server.ServeStdio(s)
}
