package main

import (
	"encoding/json"
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type settings struct {
	Write bool
	Mode  string
}

var debug = false

func main() {
	chosen := settings{Write: false, Mode: "calm"}
	data, _ := os.ReadFile("loom.json")
	json.Unmarshal(data, &chosen)
	wide := false
	json.Unmarshal(data, &wide)
	setUp()
	s := server.NewMCPServer("loom", "1")
	s.AddTool(mcp.NewTool("list_looms", mcp.WithDescription("Lists the looms.")), call)
	if chosen.Write {
		s.AddTool(mcp.NewTool("cut_cloth", mcp.WithDescription("Cuts a cloth.")), call)
	}
	if chosen.Mode == "wild" {
		s.AddTool(mcp.NewTool("burn_cloth", mcp.WithDescription("Burns a cloth.")), call)
	}
	if wide {
		s.AddTool(mcp.NewTool("widen_cloth", mcp.WithDescription("Widens a cloth.")), call)
	}
	if debug {
		s.AddTool(mcp.NewTool("stop_loom", mcp.WithDescription("Stops a loom.")), call)
	}
	server.ServeStdio(s)
}

func watch() {
	debug = true
}
