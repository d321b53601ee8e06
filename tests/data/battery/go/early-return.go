package main

import (
	"os"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

func register(s *mcp.Server) {
	mcp.AddTool(s, &mcp.Tool{Name: "read_tide", Description: "Reads the tide."}, read)
	if os.Getenv("TIDE_WRITE") != "1" {
		return
	}
	mcp.AddTool(s, &mcp.Tool{Name: "open_sluice", Description: "Opens the sluice."}, open)
}

func main() {
	s := mcp.NewServer(&mcp.Implementation{Name: "tide"}, nil)
	register(s)
	s.Run(ctx, &mcp.StdioTransport{})
}
