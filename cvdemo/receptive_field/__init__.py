"""How far does one unit see: in theory from the layer graph, and measured by its gradient on the visitor's photo."""
