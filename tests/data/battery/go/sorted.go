package main

import (
	"sort"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type works struct {
	s     *server.MCPServer
	names []string
}

func (w works) Len() int { return len(w.names) }
func (w works) Swap(a, b int) {}
func (w works) Less(a, b int) bool {
	w.s.AddTool(mcp.NewTool(w.names[a], mcp.WithDescription("Works the orchard.")), act)
	return false
}

func main() {
	s := server.NewMCPServer("orchard", "1")
	s.AddTool(mcp.NewTool("prune_tree", mcp.WithDescription("Prunes a tree.")), act)
	sort.Sort(works{s, []string{"pick_apples", "fell_tree"}})
	server.ServeStdio(s)
}
