import { Injectable } from "@nestjs/common";
import { Tool } from "@rekog/mcp-nest";
import { Renamed } from "@kiln/decorators";
import { z } from "zod";

@Injectable()
export class Pots {
  @Tool({ name: "get_pot", description: "Get", parameters: z.object({ id: z.string() }) })
  get() { return 1; }
  @Renamed("smash")
  @Tool({ name: "break_pot", description: "Break", parameters: z.object({}) })
  smash() { return 2; }
}
