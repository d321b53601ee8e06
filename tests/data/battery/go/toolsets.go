package main

import (
	"flag"
	"slices"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

var toolsets = flag.String("toolsets", "paddocks", "comma separated")

func enabled(name string) bool { return slices.Contains(strings.Split(*toolsets, ","), name) }

func main() {
	flag.Parse()
	s := server.NewMCPServer("ranch", "1")
	if enabled("paddocks") {
		s.AddTool(mcp.NewTool("list_paddocks", mcp.WithDescription("Lists paddocks.")), list)
	}
	if enabled("cattle") {
		s.AddTool(mcp.NewTool("sell_cow", mcp.WithDescription("Sells a cow.")), sell)
	}
	server.ServeStdio(s)
}
