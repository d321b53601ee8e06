package main

import (
	"os"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

type leafInput struct {
	Tree string `json:"tree" jsonschema:"which tree"`
}

func main() {
	s := mcp.NewServer(&mcp.Implementation{Name: "trees"}, nil)
	mcp.AddTool(s, &mcp.Tool{Name: "count_leaves", Description: "Counts leaves."}, count)
	readOnly := os.Getenv("TREES_READ_ONLY") != ""
	if !readOnly {
		mcp.AddTool(s, &mcp.Tool{Name: "fell_tree", Description: "Fells a tree."}, fell)
	}
	s.Run(ctx, &mcp.StdioTransport{})
}
