package main

import (
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func add(s *server.MCPServer, name string) {
	s.AddTool(mcp.NewTool(name, mcp.WithDescription("Works the mill.")), call)
}

func main() {
	s := server.NewMCPServer("mill", "1")
	switch os.Getenv("MILL_MODE") {
	case "full":
		add(s, "stop_mill")
		fallthrough
	case "slow":
		add(s, "slow_mill")
	default:
		add(s, "mill_speed")
	}
	const size = "small"
	switch size {
	case "large":
		add(s, "grind_all")
	case "small":
		add(s, "grind_some")
	default:
		add(s, "grind_none")
	}
	server.ServeStdio(s)
}
