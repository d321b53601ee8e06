package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func add(s *server.MCPServer, name string) {
	if name == "burn_hay" {
		return
	}
	s.AddTool(mcp.NewTool(name, mcp.WithDescription("Works in the barn.")), call)
}

func main() {
	s := server.NewMCPServer("barn", "1")
	for _, name := range []string{"count_hay", "burn_hay", "stack_hay"} {
		add(s, name)
	}
	for _, name := range []string{"feed_cow", "sell_cow", "milk_cow"} {
		if name == "sell_cow" {
			continue
		}
		add(s, name)
	}
	for _, name := range []string{"open_door", "lock_door", "break_door"} {
		switch name {
		case "break_door":
			break
		default:
			add(s, name)
		}
		if name == "lock_door" {
			break
		}
	}
	server.ServeStdio(s)
}
