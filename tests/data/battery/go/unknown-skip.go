package main

import (
	"example.org/policy"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func add(s *server.MCPServer, name string) {
	s.AddTool(mcp.NewTool(name, mcp.WithDescription("Works at the quay.")), call)
}

func main() {
	s := server.NewMCPServer("quay", "1")
	first := true
	for _, row := range policy.Rows() {
		if first {
			first = false
			continue
		}
		add(s, "list_rows")
		_ = row
	}
	for _, name := range []string{"list_boats", "sink_boat"} {
		if policy.Hidden(name) {
			continue
		}
		add(s, name)
	}
	add(s, "tell_tide")
	for _, name := range []string{"tie_rope", "cut_rope"} {
		if policy.Enough(name) {
			break
		}
		add(s, name)
	}
	if policy.Closed() {
		return
	}
	add(s, "raise_bridge")
	server.ServeStdio(s)
}
