package main

import (
	"context"
	"fmt"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"

	"lantern.example/mark3labs/internal/words"
)

const prefix = "lamp_"

var lampID = mcp.WithString("lamp_id", mcp.Required(), mcp.Description("Which lamp, by its "+words.ID))

// A tool that nobody hands to a server.
var forgotten = mcp.NewTool("forgotten", mcp.WithDescription("Never registered"))

func main() {
	s := server.NewMCPServer("lanterns", "1.0.0")
	register(s)
	if err := server.ServeStdio(s); err != nil {
		fmt.Println(err)
	}
}

func register(s *server.MCPServer) {
	s.AddTool(mcp.NewTool(prefix+"light",
		mcp.WithDescription("Light a lamp. "+words.Warning),
		lampID,
		mcp.WithNumber("minutes", mcp.Description("How long"), mcp.Min(1), mcp.Max(600), mcp.DefaultNumber(30)),
		mcp.WithString("colour", mcp.Enum("amber", "white")),
		mcp.WithBoolean("steady"),
		mcp.WithArray("rooms", mcp.Description("Rooms to light"), mcp.WithStringItems()),
		mcp.WithToolAnnotation(mcp.ToolAnnotation{
			Title:         "Light a lamp",
			ReadOnlyHint:  mcp.ToBoolPtr(false),
			OpenWorldHint: mcp.ToBoolPtr(true),
		}),
	), handleLight)

	list := mcp.NewTool(fmt.Sprintf("%slist", prefix), mcp.WithDescription(`List lamps,
one per line.`), mcp.WithReadOnlyHintAnnotation(true))
	s.AddTool(list, handleList)

	s.AddTools(
		server.ServerTool{
			Tool:    mcp.NewToolWithRawSchema("raw_oil", "Fill oil", []byte(`{"type":"object","properties":{"litres":{"type":"number"}},"required":["litres"]}`)),
			Handler: handleList,
		},
		snuff(),
	)
	// s.AddTool(mcp.NewTool("commented_out", mcp.WithDescription("Not there")), handleList)

	for _, name := range []string{"raise", "lower"} {
		s.AddTool(mcp.NewTool(name, mcp.WithDescription("Will "+name+" the wick")), handleList)
	}
	// The name of this one depends on the environment.
	s.AddTool(mcp.NewTool(words.FromEnvironment(), mcp.WithDescription("Unknown name")), handleList)
}

func snuff() server.ServerTool {
	return server.ServerTool{
		Tool:    mcp.NewTool("snuff", mcp.WithDescription(words.FromEnvironment()), lampID),
		Handler: handleList,
	}
}

func unused(s *server.MCPServer) {
	s.AddTool(mcp.NewTool("unreached", mcp.WithDescription("Nobody calls this")), handleList)
}

func handleLight(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	return mcp.NewToolResultText("lit"), nil
}

func handleList(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	return mcp.NewToolResultText("list"), nil
}
