"""How agreements are written in the browser: forms that become definitions, and back."""
