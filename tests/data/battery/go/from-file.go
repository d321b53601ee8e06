package main

import (
	"encoding/json"
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("plots", "1")
	s.AddTool(mcp.NewTool("list_plots", mcp.WithDescription("Lists plots.")), list)
	raw, _ := os.ReadFile(os.Getenv("PLOT_TOOLS"))
	var tools []mcp.Tool
	json.Unmarshal(raw, &tools)
	for _, tool := range tools {
		s.AddTool(tool, call)
	}
	server.ServeStdio(s)
}
