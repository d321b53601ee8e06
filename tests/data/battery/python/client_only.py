import asyncio

import httpx


async def main():
    async with httpx.AsyncClient() as client:
        print(await client.get("https://orchard.example/trees"))


asyncio.run(main())
