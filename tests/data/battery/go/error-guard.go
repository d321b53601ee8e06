package main

import (
	"log"
	"os"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

func run() error {
	client, err := newClient(os.Getenv("KILN_URL"))
	if err != nil {
		return err
	}
	s := mcp.NewServer(&mcp.Implementation{Name: "kiln"}, nil)
	mcp.AddTool(s, &mcp.Tool{Name: "kiln_heat", Description: "Tells how hot the kiln is."}, client.heat)
	if err := client.check(); err != nil {
		return err
	}
	mcp.AddTool(s, &mcp.Tool{Name: "kiln_fire", Description: "Fires the kiln."}, client.fire)
	return s.Run(ctx, &mcp.StdioTransport{})
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
