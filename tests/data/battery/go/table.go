package main

import (
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type spec struct {
	name, about string
	handler     server.ToolHandlerFunc
}

var specs = []spec{
	{"pump_on", "Starts the pump.", on},
	{"pump_off", "Stops the pump.", off},
}

func main() {
	s := server.NewMCPServer("pump", "1")
	for _, one := range specs {
		s.AddTool(mcp.NewTool(one.name, mcp.WithDescription(one.about)), one.handler)
	}
	server.ServeStdio(s)
}
