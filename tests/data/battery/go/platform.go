package main

import (
	"runtime"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("desk", "1")
	s.AddTool(mcp.NewTool("list_windows", mcp.WithDescription("Lists windows.")), list)
	if runtime.GOOS == "darwin" {
		s.AddTool(mcp.NewTool("run_applescript", mcp.WithDescription("Runs a script.")), script)
	}
	server.ServeStdio(s)
}
