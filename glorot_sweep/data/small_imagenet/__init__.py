"""The builder of Small-ImageNet: from any copy of ImageNet to one file of grey 37 x 37 images."""
