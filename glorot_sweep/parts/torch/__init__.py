"""The functions of the parts, in torch: imported when a part is first used."""
