package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type base struct{ s *server.MCPServer }

func (b base) offer(name string) { b.s.AddTool(mcp.NewTool(name), act) }

type dairy struct {
	base
	*server.MCPServer
}

func main() {
	s := server.NewMCPServer("dairy", "1")
	d := dairy{base{s}, s}
	d.offer("weigh_milk")
	d.AddTool(mcp.NewTool("pour_milk"), act)
	s.AddTool(mcp.NewTool("skim_milk"), act)
	server.ServeStdio(s)
}
