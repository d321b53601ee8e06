package main

import (
	"time"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("orchard", "1")
	s.AddTool(mcp.NewTool("prune_tree", mcp.WithDescription("Prunes a tree.")), act)
	time.AfterFunc(0, func() {
		s.AddTool(mcp.NewTool("pick_apples", mcp.WithDescription("Picks apples.")), act)
	})
	var work interface{ Offer(string) } = orchard{s}
	work.Offer("fell_tree")
	server.ServeStdio(s)
}

type orchard struct{ s *server.MCPServer }

func (o orchard) Offer(name string) {
	o.s.AddTool(mcp.NewTool(name, mcp.WithDescription("Works the orchard.")), act)
}
