package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

var s = server.NewMCPServer("dairy", "1")

func init() {
	s.AddTool(mcp.NewTool("weigh_milk", mcp.WithDescription("Works the dairy.")), act)
}

var _ = func() bool {
	s.AddTool(mcp.NewTool("pour_milk", mcp.WithDescription("Works the dairy.")), act)
	return true
}()

func main() {
	s.AddTool(mcp.NewTool("skim_milk"), act)
	server.ServeStdio(s)
}
