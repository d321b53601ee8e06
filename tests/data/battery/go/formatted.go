package main

import (
	"fmt"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type offer struct {
	s    *server.MCPServer
	name string
}

func (o offer) String() string {
	o.s.AddTool(mcp.NewTool(o.name, mcp.WithDescription("Works the orchard.")), act)
	return o.name
}

func main() {
	s := server.NewMCPServer("orchard", "1")
	s.AddTool(mcp.NewTool("prune_tree", mcp.WithDescription("Prunes a tree.")), act)
	fmt.Println(offer{s, "pick_apples"}, offer{s, "fell_tree"})
	server.ServeStdio(s)
}
