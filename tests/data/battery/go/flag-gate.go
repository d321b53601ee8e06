package main

import (
	"flag"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	write := flag.Bool("write", false, "offer the tools that change the beehives")
	flag.Parse()
	s := server.NewMCPServer("hives", "1.0.0")
	s.AddTool(mcp.NewTool("count_bees", mcp.WithDescription("Counts the bees of a hive.")), count)
	if *write {
		s.AddTool(mcp.NewTool("move_hive", mcp.WithDescription("Moves a hive to another field.")), move)
	}
	server.ServeStdio(s)
}
